"""Milepost: progress billing for people who are paid as the work moves."""
