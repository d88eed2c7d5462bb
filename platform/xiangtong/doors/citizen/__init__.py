"""The citizens' door: find your township, read a guide, sign in, fill in, file, follow."""
