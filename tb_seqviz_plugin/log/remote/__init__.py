"""Logs in object stores: written in a folder of this machine as any other, in parts that are uploaded once they are closed."""
