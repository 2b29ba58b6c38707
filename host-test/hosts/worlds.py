def rows(files):
    return []
