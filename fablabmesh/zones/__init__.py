"""Departments, communes, programmes and their interregional zones."""
