"""Asks the service for its outage and returns once the request is answered."""
import sys
import urllib.request

urllib.request.urlopen(urllib.request.Request(sys.argv[1], method="POST"), timeout=5).read()
