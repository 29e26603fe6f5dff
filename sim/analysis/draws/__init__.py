"""The draws behind a result, one by one."""
