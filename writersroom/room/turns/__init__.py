"""One module for each kind of turn: a coroutine from a `Moment` to what is `Spoken`."""
