"""A slow, obvious judge of docs/contract.md, Which file is this?, for ctapipe logs.

Every rule is one small function over *all* runs at once; nothing is incremental and nothing is
clever. It was written from the contract alone and shares no code with provgraph.
"""
