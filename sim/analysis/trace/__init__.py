"""What happened in one negotiation, round by round?"""
