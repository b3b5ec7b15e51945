"""The kinds of fields that a recipe can declare, each a strict model that draws its value from a draft."""
