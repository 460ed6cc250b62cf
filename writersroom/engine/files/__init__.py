"""Model files: found, read without loading, weighed, hashed, fetched. Nothing here imports llama.cpp.

A model is known by its GGUF header alone until an engine loads it. The one thing that needs llama.cpp,
making the default model's copy, runs in a child process (`requantise`).
"""
