"""Where tokens come from: one interface, an in-process llama.cpp engine and a client for OpenAI-compatible servers.

Only this package imports `llama_cpp`, and only `engine.llama` does so, when an engine is opened.
"""
