"""The poles of a zone: who coordinates it, its page, news and contacts, its rules and its yearly figures."""
