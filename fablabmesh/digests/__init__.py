"""What comes, by mail: weekly letters of any part of the agenda, for those who asked twice."""
