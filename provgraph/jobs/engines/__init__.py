"""What runs the scripts of jobs: this machine, or a cluster. `protocol` says what an engine can."""
