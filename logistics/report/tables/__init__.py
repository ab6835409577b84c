"""Every table, rendered for the terminal, the page and the workbook."""
