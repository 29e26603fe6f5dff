"""A page that answers when the terms of a text are switched: the draw pack, its engine in the browser, the report."""
