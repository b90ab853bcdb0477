"""The settings of the experiment as widgets: one file a panel, one class a kind of field."""
