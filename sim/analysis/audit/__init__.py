"""What do the verdicts hang on, and what does that rest on?"""
