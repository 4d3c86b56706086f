"""Who looks after a place: invitations, claims, handing over, leaving."""
