"""The screens of quality management: figures, causes, CAPAs, and the acts on them."""
