"""Who looks after which place and zone: teams, invitations, claims, handing over; and the administration of people."""
