"""Plain values to protobuf and back."""
