"""Takes away each filter, guard and trace, one at a time, and sees whether the suite notices (`make mutants`)."""
