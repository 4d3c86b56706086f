"""Looking for anything by its name: places, communes, zones, events, projects."""
