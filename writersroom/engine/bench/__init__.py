"""What the engine's claims are measured with: every side in one run, on one model file."""
