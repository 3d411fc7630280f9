"""An ARI client on aiohttp with ari-py's object model: REST by Swagger nicknames, typed events, reconnect."""
