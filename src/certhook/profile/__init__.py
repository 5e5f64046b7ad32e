"""What a run is told of its target: address, credentials, test data, limits, waivers; checked before use."""
