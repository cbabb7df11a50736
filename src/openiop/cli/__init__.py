"""The `openiop` command. Each command is its own module and is loaded when it is called."""
