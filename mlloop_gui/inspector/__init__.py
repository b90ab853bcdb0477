"""The inspectors: one page for each stage of the loop, fed by the record of the last turn."""
