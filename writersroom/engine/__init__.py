"""Where tokens come from: an in-process llama.cpp engine and a client for servers behind one interface.

Only this package imports `llama_cpp`, and only `engine.llama` does so, when an engine is opened.
"""
