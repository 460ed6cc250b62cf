"""The in-process engine: one llama.cpp context, owned by one thread, many sequences in each batch.

From the outside in:

- `engine.LlamaEngine` is the interface: coroutines, text and types;
- `worker.Worker` is the thread: it admits lanes, builds batches, decodes, and hands logits out;
- `lanes` are what moves: token sequences that want logits (a reply being written, a text being measured);
- `prefixes.PrefixTree` knows which tokens every KV sequence holds, so that shared ones are computed once;
- `runtime` is all that touches the C API: weights, vocabulary, context, samplers.
"""
