"""The commands of ./guichet, a file each."""
