"""What every stage needs to know about text: pure functions, no network, no clock."""
