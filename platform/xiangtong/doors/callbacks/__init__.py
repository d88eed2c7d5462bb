"""The door the province calls at: proved by signature, stored raw, understood afterwards."""
