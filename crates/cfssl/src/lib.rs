//! What CFSSL does, carried out by our own authority: the engine behind both the commands and the endpoints.
