"""The engine that asks a server: any that speaks OpenAI's interface.

From the outside in:

- `engine.ServerEngine` is the interface; `settings.ServerSettings` its settings;
- `inquiry` finds out what the server is, `dialects` knows what that kind of server understands;
- `draft` is one take while it is written, `certain` its text, `shape` the schema it must satisfy;
- `writing` asks for a reply, `weigh` and `forcing` weigh options, `prompts` fits, hashes and counts prompts;
- `wire` is HTTP: tries, time-outs, streams; `faults` what refusals mean; `sse` events; `answers` what is
  read.
"""

from writersroom.engine.server.engine import ServerEngine
from writersroom.engine.server.settings import ServerSettings

__all__ = ["ServerEngine", "ServerSettings"]
