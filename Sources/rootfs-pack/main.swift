internal import RootfsPack

runRootfsPack()
