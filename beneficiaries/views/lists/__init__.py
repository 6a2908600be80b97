"""The pages of lists received: their directory, one list from its reading to its confirmation, and one of its lines."""
