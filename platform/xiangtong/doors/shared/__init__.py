"""What every door needs: the app frame, access, errors, security headers, languages, static files."""
