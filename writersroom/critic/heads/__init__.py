"""The heads: small fitted functions of what was measured."""
