"""Loaded by Rasa: training data, pipeline components, the input channel and the tracker store. Python 3.11, pydantic 1."""
