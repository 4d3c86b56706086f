"""The words that places are described by: services, machines, labels…, each with a code for ever."""
