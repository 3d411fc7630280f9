"""Human or machine: who answered an outbound call, by the first seconds of what is heard. Pure; times in seconds."""
