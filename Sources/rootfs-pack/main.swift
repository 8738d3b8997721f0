import RootfsPack

runRootfsPack()
