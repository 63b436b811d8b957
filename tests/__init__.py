"""The suite: a mirror of the apps, whole journeys, faults and measurements."""
