// Lets functions without a body be linked to functions of other packages by name.
