"""SQL scripts read as PostgreSQL reads them: statements, the locks they take, what is dangerous about them."""
