"""The commands of ./guichet, one file each."""
